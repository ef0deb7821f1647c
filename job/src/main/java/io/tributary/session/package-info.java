/** Jobs on a Flink cluster that is there already: how they are started, watched, stopped and resumed. */
@NullMarked
package io.tributary.session;

import org.jspecify.annotations.NullMarked;
