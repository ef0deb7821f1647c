@NullMarked
package io.tributary.kafka;

import org.jspecify.annotations.NullMarked;
