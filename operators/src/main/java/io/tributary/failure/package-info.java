@NullMarked
package io.tributary.failure;

import org.jspecify.annotations.NullMarked;
