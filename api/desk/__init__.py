"""The desk: pages for people, made by the server; they work without script."""
