# La página de comprobación en el marco del servicio.
verify-offline = Esta página queda guardada en su dispositivo y se abre también sin conexión.
verify-save = Para comprobar más tarde o pasar la página a otros:
verify-save-file = guárdela en un solo archivo
