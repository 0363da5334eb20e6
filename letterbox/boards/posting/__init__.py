"""What boards share that post a whole application in one body."""
