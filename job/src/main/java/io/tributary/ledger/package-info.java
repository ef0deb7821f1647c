@NullMarked
package io.tributary.ledger;

import org.jspecify.annotations.NullMarked;
