print("peopled")
