"""Attribution: what in an image or a map a number of one detection rests on."""
