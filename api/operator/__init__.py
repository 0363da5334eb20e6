"""What the ATS calls: applications, their documents and the positions."""
