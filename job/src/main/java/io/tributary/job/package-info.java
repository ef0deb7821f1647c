@NullMarked
package io.tributary.job;

import org.jspecify.annotations.NullMarked;
