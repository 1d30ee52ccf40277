"""The advisory group: a roster with declared interests; consultation, research, evaluation."""
