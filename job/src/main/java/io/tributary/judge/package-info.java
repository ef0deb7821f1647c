/** What the models of a snapshot can do: text is judged by them, written by them, and taught to them. */
@NullMarked
package io.tributary.judge;

import org.jspecify.annotations.NullMarked;
