"""Label cleaning for image classification: find the labels that look wrong, and what they should be."""
