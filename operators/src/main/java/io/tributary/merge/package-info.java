@NullMarked
package io.tributary.merge;

import org.jspecify.annotations.NullMarked;
