/**
 * Vocabularies of sources: training one from text, the SentencePiece model format, and the way from text to token ids
 * and back.
 */
@NullMarked
package io.tributary.vocabulary;

import org.jspecify.annotations.NullMarked;
