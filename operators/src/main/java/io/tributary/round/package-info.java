@NullMarked
package io.tributary.round;

import org.jspecify.annotations.NullMarked;
