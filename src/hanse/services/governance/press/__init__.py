"""Joint announcements: approved by all concerned, published signed, corrected in the open."""
