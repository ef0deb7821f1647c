/** A page that shows how a run goes, from its reports, and changes nothing. */
@NullMarked
package io.tributary.dashboard;

import org.jspecify.annotations.NullMarked;
