"""One file per noun; a function is a sentence."""
