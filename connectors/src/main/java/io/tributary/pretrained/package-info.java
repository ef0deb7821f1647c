@NullMarked
package io.tributary.pretrained;

import org.jspecify.annotations.NullMarked;
