@NullMarked
package io.tributary.embedded;

import org.jspecify.annotations.NullMarked;
