# Words of logging in, setting up, the yard and links; and of problems with who may do what.
nav-yard = Patio
login-title = Iniciar sesión
login-name = Nombre de la cuenta
login-password = Contraseña
login-submit = Entrar
login-wrong = Ninguna cuenta con este nombre tiene esta contraseña.
login-wait =
    { $seconds ->
        [one] Demasiados intentos. El siguiente es dentro de un segundo.
       *[other] Demasiados intentos. El siguiente es dentro de { $seconds } segundos.
    }
login-help = Leer un historial no requiere cuenta. Quien lleva este registro crea las cuentas y las contraseñas nuevas.
logout-submit = Cerrar sesión
setup-title = Crear la primera cuenta
setup-lead = El registro mostró un token de configuración donde se inició. Con él se crea la cuenta de su operador, una sola vez.
setup-token = Token de configuración
setup-organisation-name = Nombre de su organización
setup-organisation = Nombre corto de su organización
setup-organisation-hint = De 1 a 40 de a-z, 0-9, guion y punto, por ejemplo association.
setup-display-name = Su nombre
setup-password-hint = Al menos 12 caracteres. Cuatro o más palabras al azar son una buena contraseña.
setup-submit = Crear la cuenta
setup-refused = La cuenta no se creó:
yard-title = Patio
yard-lead = { $person }, { $organisation }. Solo su organización ve esta página.
yard-empty = Aún no hay ningún vehículo.
yard-add-title = Añadir un vehículo
yard-lot = Lote
yard-note = Nota
yard-add = Añadir
yard-remove = Quitar
yard-confirmed = Confirmado: su organización tiene este vehículo.
yard-unconfirmed = Sin confirmar: no se le muestran los campos personales. Consulte al operador de este registro.
link-title = Enlaces
link-make-title = Crear un enlace para un comprador
link-lead = Quien tenga el enlace ve el expediente de este vehículo hasta que termine o usted lo retire.
link-fields = Campos personales que se muestran
link-fields-hint = Nombres separados por comas, como plate; all para todos; vacío para ninguno.
link-days = Días
link-make = Crear el enlace
link-made = Su enlace
link-made-once = Cópielo ahora: solo se muestra esta vez.
link-until = hasta { $day }
link-withdraw = Retirar
link-open = abierto
link-expired = caducado
link-withdrawn = retirado
link-shows-none = sin campos personales
problem-unauthenticated = Inicie sesión primero
problem-unauthenticated-fix = Esto es para quienes tienen una cuenta.
problem-wrong-login = Nombre o contraseña incorrectos
problem-wrong-login-fix = Vuelva atrás e inténtelo de nuevo.
problem-conflict = No se puede hacer tal como están las cosas
problem-conflict-fix = Mire lo que hay y pida otra cosa.
