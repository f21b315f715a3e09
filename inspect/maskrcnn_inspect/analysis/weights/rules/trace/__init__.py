"""Rules on what ran: tensors of a trace."""
