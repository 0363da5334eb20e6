"""What boards share that are told something by HTTP; imported once it is needed."""
