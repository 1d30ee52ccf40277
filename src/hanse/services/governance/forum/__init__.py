"""The league's forum: sponsored by all, hosted in turn, with calls for papers and a programme."""
