@NullMarked
package io.tributary.flow;

import org.jspecify.annotations.NullMarked;
