"""Distribution: on which devices and machines a run trains."""
