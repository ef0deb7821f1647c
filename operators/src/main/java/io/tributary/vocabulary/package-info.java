@NullMarked
package io.tributary.vocabulary;

import org.jspecify.annotations.NullMarked;
