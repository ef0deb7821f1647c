@NullMarked
package io.tributary.huggingface;

import org.jspecify.annotations.NullMarked;
