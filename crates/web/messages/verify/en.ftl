# The checking page in the frame of the service.
verify-offline = This page is kept on your device now. It opens without a network too.
verify-save = To check later, or to pass the page on:
verify-save-file = save it as one file
