"""A synthetic log of work reports by four writers."""
