"""Registration of enterprises: the same conditions and procedure at any window of the league."""
