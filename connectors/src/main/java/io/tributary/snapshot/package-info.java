@NullMarked
package io.tributary.snapshot;

import org.jspecify.annotations.NullMarked;
