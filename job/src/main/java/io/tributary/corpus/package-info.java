@NullMarked
package io.tributary.corpus;

import org.jspecify.annotations.NullMarked;
