"""The application: terms to be planned, and their timetables."""
