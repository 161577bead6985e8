"""How Trialogue is deployed: the image, compose files, and the program that tries them."""
