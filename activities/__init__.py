"""One thing each, through a gateway; every one may run twice, none counts twice."""
