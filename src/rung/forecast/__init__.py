"""What more labels, more parameters or more compute would bring."""
