/** Faults on purpose: a run that is disturbed beside one that is left alone. */
@NullMarked
package io.tributary.drill;

import org.jspecify.annotations.NullMarked;
