"""HelloWork's network; imported once it is needed."""
