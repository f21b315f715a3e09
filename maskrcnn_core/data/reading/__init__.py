"""Reading: what a reader returns and what all readers share, from names of data sets to decoded images."""
