/** Reports as the event files that TensorBoard reads. */
@NullMarked
package io.tributary.tensorboard;

import org.jspecify.annotations.NullMarked;
