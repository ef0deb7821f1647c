@NullMarked
package io.tributary.record;

import org.jspecify.annotations.NullMarked;
