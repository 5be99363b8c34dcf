"""Sections -> Mentions: what the words of the patient's part speak of, with the cues around them."""
