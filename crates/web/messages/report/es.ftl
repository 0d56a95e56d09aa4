# La página de un vehículo: lo que no dice el informe del verificador.
date = { $day } de { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
} de { $year }
unchecked = Su navegador aún no lo ha comprobado
unchecked-text = Lo que lee aquí es palabra del servidor del registro hasta que su navegador compruebe cada firma y cada prueba.
unchecked-no-script = Su navegador no ejecuta scripts, así que no puede comprobar esta página. Para comprobarla, descargue abajo el expediente y déselo a la página de comprobación en otro navegador o al programa carnet.
outcome-by-browser = Su navegador lo ha comprobado por sí mismo, en { $ms } ms, con la política del registro { $log }.
outcome-own-code = Este navegador no tiene un Ed25519 propio que juzgue estrictamente; se usó el código de la página, que da la misma respuesta más despacio.
outcome-differs = La página y su prueba difieren
outcome-differs-text = El expediente es correcto, pero no contiene exactamente las declaraciones que enumera esta página. No crea la página; compruebe el expediente descargado.
outcome-failed = Su navegador no ha podido comprobarlo
report-complete = Completo a { $time }
findings = Lo que llama la atención
findings-none = Nada en las declaraciones se contradice.
findings-nothing-left = Nada que juzgar: ya no puede leerse ninguna declaración sobre este coche.
findings-erased = Declaraciones borradas: { $erased } de { $count }. Aquí no se juzga lo que decían.
findings-hint = Un hallazgo es un indicio, no un veredicto: dice en qué se apoya y qué lo aclararía. Que no haya ninguno vale tanto como las fuentes que hablaron.
level-stop = Aclárelo antes de comprar
level-warn = Grave
level-ask = Pregunte
level-note = Conviene saber
finding-rests = Se apoya en
finding-tried = Explicaciones inocentes probadas
finding-settles = Qué lo aclararía
finding-blind = Lo que las fuentes no pueden mostrar
finding-not-stated = no consta
readings-table = Todas las lecturas en una tabla
reading = Lectura
date-column = Fecha
remark = Observación
chart-doubted = un hallazgo se apoya en ella
battery = Batería
battery-certificate = Certificado { $number }
battery-none = El coche funciona con electricidad y en este registro no hay certificado de su batería.
standing = Estado
standing-in_force = vigente
standing-suspended = suspendido
standing-revoked = retirado
standing-expired = caducado
standing-as-of = a { $time }, según la declaración con índice { $index } del registro
grade = Grado
soh = Estado de salud (SoH)
soh-range = { $value } % (entre { $low } y { $high } % con una confianza del 95 %)
valid-until = Válido hasta
odometer-limit = y hasta una lectura del cuentakilómetros de
credential-matches = El certificado firmado está en el expediente y su resumen es el que se selló.
credential-differs = El certificado del expediente no es el que se selló. No se fíe de él.
sources = Qué fuentes hablaron
sources-blind = No cubre
sources-silent = No hablaron aquí
key = Clave
key-valid = válida
key-revoked-later = revocada después
download = Descargar el expediente
download-hint = Un archivo que prueba todo esto, también sin red y sin nosotros. Faltan los campos personales; el vendedor puede darle un expediente que los muestre.
download-hint-shared = Un archivo que prueba todo esto, también sin red y sin nosotros. Contiene los campos que eligió quien le envió este enlace.
check-yourself = Compruebe usted un expediente
share-note = { $who } le muestra este coche con los campos que ha elegido. El enlace funciona hasta el { $date }.
timeline-hint = En orden de tiempo, tal como se declaró y firmó.
documents-list = Todos los documentos nombrados ({ $count })
documents-named = Las declaraciones nombran los documentos por su resumen (SHA-256). La página de comprobación compara con ellos un archivo que usted tenga.
