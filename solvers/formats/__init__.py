"""Files and documents into instances and timetables, and back."""
