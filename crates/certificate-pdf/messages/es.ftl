# Textos del certificado en español. Los mensajes y sus huecos son los mismos en todos los archivos.

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

title = Certificado de batería
subtitle = Estado de salud de la batería de un coche eléctrico usado
issuer = Emitido por { $name }
number = Certificado
issued = Emitido
page = Página { $page } de { $pages }
specimen = MUESTRA

car = El coche
make-and-model = Marca y modelo
variant = Versión
vin = Número de bastidor (VIN)
vin-withheld = omitido en esta copia
first-registration = Primera matriculación
odometer = Kilómetros en el ensayo
not-stated = no consta
battery = La batería
battery-id = Número de batería
chemistry = Química
cells = Grupos de celdas en serie
rated = Capacidad nominal
rated-source = Fuente del valor nominal
reported = Salud que indica el coche

health = Estado de salud
health-name = SoH (capacidad, método Carnet)
interval = Intervalo del 95 %: de { $lower } a { $upper }
of-what = { $capacity } hoy, como porcentaje de los { $rated } nominales de fábrica.
grade = Grado
grade-basis = El grado atiende al extremo inferior del intervalo, no al valor.
class-field = Clase Field: a partir de las cargas del uso diario.
class-guided = Clase Guided: a partir de cargas dirigidas por el laboratorio, de casi vacía a llena.
curve-met = Cumple el mínimo Euro 7 de { $required } para su edad y distancia (voluntario para coches homologados antes).
curve-not-shown = No se ha demostrado que cumpla el mínimo Euro 7 de { $required } para su edad y distancia (voluntario para coches homologados antes).
curve-none = A esta edad y distancia no se aplica ningún mínimo Euro 7.
gauge-minimum = mínimo Euro 7 { $required }
gauge-alt = Escala de { $low } a { $high }. El valor { $value } está marcado y el intervalo de { $lower } a { $upper } se dibuja como barra.

evidence = Las pruebas
evidence-how = Cada punto es una carga: cuánto se llenó la batería y la carga que entró. Cuanto más empinada la línea, más grande la batería.
evidence-anchored = Las cargas ancladas empiezan o acaban donde se conoce la carga sin el indicador del propio coche. Son las que deciden.
period = Periodo de ensayo
period-value = del { $from } al { $until }
sessions = Cargas
sessions-value = { $all }, de ellas { $anchored } ancladas
method = Método
assessment-hash = Evaluación (SHA-256)
data-hash = Registro de carga (SHA-256)
data-hash-several = { $count } archivos; la credencial lleva el SHA-256 de cada uno
axis-filled = Parte de la batería que se llenó
axis-charge = Carga
legend-anchored = carga anclada
legend-other = otra carga
legend-this = esta batería, intervalo del 95 %
legend-new = batería nueva, valor nominal
plot-alt = Puntos de { $all } cargas, { $anchored } de ellas ancladas, en torno a una línea de { $capacity } para toda la batería. La línea de una nueva está en { $rated }.

validity = Validez
valid-until = Válido hasta el { $date }
valid-distance = o hasta que el cuentakilómetros marque { $distance }, lo que ocurra antes.
valid-from = Válido desde el { $date }.
scan = Escanee antes de pagar
scan-why = El código abre el directorio del emisor. Solo allí se ve si este certificado se ha suspendido o retirado después de imprimirse.
qr-alt = Código QR con la dirección { $url } y el SHA-256 de la credencial.

checks = Comprobaciones
check = Comprobación y qué hacer
found = Resultado medido
limit = Límite y su fuente
result = Valoración
at-most = como máximo { $value }
at-least = como mínimo { $value }
within = { $range }
zero = ninguno
no-limit = sin límite
found-none = ninguno
missing = no medido
outcome-pass = correcto
outcome-watch = vigilar
outcome-fail = incorrecto
outcome-not-measured = no medido
outcome-stated = informativo
check-cell-spread = Dispersión de tensiones de celda
check-temperature-spread = Dispersión de temperaturas
check-highest-temperature = Temperatura más alta
check-isolation = Aislamiento de alta tensión
check-self-discharge = Autodescarga de un grupo de celdas
check-cell-limits = Tensiones de celda
check-high-voltage-faults = Averías de alta tensión abiertas
check-recalls = Llamadas a revisión pendientes
check-soc-definition = Significado de la carga mostrada
check-reported-health = Salud que indica el coche
check-battery-history = Reinicios y cambios de la batería
check-tampering = Indicios de datos alterados
check-second-meter = Corriente frente a otro medidor
check-computation = Cifras calculadas de los datos por el emisor
advice-cell-spread = Cargue del todo y deje que se equilibre de noche; si la dispersión sigue, busque una celda débil.
advice-temperature-spread = Busque un conducto de refrigeración obstruido o un sensor averiado.
advice-highest-temperature = No la cargue; haga examinar la refrigeración y las celdas.
advice-isolation = No la toque, cargue ni embarque; haga buscar la avería y mida de nuevo.
advice-self-discharge = Un grupo de celdas se descarga, quizá por un corto interno: aparte el coche y haga abrir la batería.
advice-cell-limits = Haga medir los grupos de celdas uno por uno.
advice-high-voltage-faults = Haga reparar y borrar las averías, circule y lea los códigos de nuevo.
advice-recalls = Haga la revisión, gratuita, en un concesionario de la marca y muestre el comprobante.
advice-soc-definition = Registre la carga del sistema de gestión, no la de la pantalla.
advice-reported-health = Confíe en el intervalo; pregunte de qué es porcentaje la cifra del coche.
advice-battery-history = Ensaye solo después del hecho y muestre la orden de trabajo.
advice-tampering = Pida los archivos originales o haga repetir el ensayo bajo supervisión.
advice-second-meter = Haga revisar el sensor de corriente o el medidor.
advice-computation = Haga calcular de nuevo las cifras a partir de los registros de carga.
watch-highest-temperature = Déjela enfriar antes de cargar y haga revisar la refrigeración.
watch-isolation = Busque humedad y aislamiento gastado, y mida de nuevo con un medidor revisado antes de embarcarla.
watch-self-discharge = Registre un reposo más largo; si sigue, haga medir los grupos de celdas antes de embarcarla.
watch-high-voltage-faults = Fuera de los rangos de alta tensión: busque cada código en la guía del fabricante.
watch-battery-history = Muestre la orden de trabajo; si fue después del ensayo, ensaye de nuevo.
measure-cell-spread = Registre la tensión de celda mayor y la menor, cada una en su columna, también en reposo.
measure-temperature-spread = Registre la temperatura mayor y la menor, cada una en su columna, también en reposo.
measure-highest-temperature = Registre las temperaturas de la batería.
measure-isolation = Mídalo con un medidor de aislamiento o léalo del coche.
measure-self-discharge = Registre seis horas o más en reposo, con la tensión de celda mayor y la menor.
measure-cell-limits = Registre las tensiones de celda.
measure-high-voltage-faults = Lea los códigos de avería de todas las unidades de control.
measure-recalls = Pregunte al fabricante o al registro con el VIN.
measure-soc-definition = Cargue una vez hasta el máximo y otra desde menos del 12 % tras media hora de reposo.
measure-reported-health = Léala del coche, si la muestra.
measure-second-meter = Dé también el registro del cargador: un error de ganancia del sensor no se ve de otro modo.
measure-battery-history = Pregunte al propietario y al taller por reinicios y cambios, y declárelos.

transport = Transporte
transport-ready = Listo para el transporte
transport-not-ready = No listo para el transporte
un-number = Clasificación
soc = Estado de carga
soc-value = { $soc } el { $date }
soc-value-undated = { $soc }, fecha no indicada
window = { $carrier }: { $range }
window-inside = dentro
window-outside = fuera
obstacle-soc-too-high = La carga supera lo que admiten los transportistas: descárguela antes.
obstacle-soc-too-low = La carga no llega a lo que admiten los transportistas: cárguela antes.
obstacle-damaged = Dañada o defectuosa: hace falta una autorización especial.
obstacle-high-voltage-fault = Una avería de alta tensión abierta.
obstacle-isolation-too-low = Aislamiento por debajo de su límite.
obstacle-test-summary-missing = Falta el resumen de ensayos UN 38.3.
obstacle-not-measured = Falta una medición obligatoria.
obstacle-watched = Antes del embarque hay que resolver una comprobación de arriba.

people = Quién responde
evaluated = Evaluó
reviewed = Revisó
decided = Decidió
issued-by = Emitido por
person = { $name }, { $date }
people-note = Tres personas distintas. La ISO/IEC 17065 pide que quien decide no haya evaluado; este esquema pide además una tercera que revisó.

verify = Cómo comprobar este certificado
verify-scan = Escanee el código de la página 1 o abra la dirección de abajo. El directorio dice si el certificado está en vigor.
verify-hash = Compare el SHA-256 de la credencial que muestra el directorio con este.
verify-offline = Sin red: este archivo lleva la credencial firmada. La orden { $command } comprueba la firma de { $issuer } y que estas páginas dicen lo mismo que la credencial.
address = Dirección
credential-hash = Credencial (SHA-256)
says-not = Lo que no dice
says-not-text = Dice lo que se midió en el periodo de ensayo. No es un pronóstico de autonomía ni de vida útil, ni una garantía, ni la energía certificada (SOCE) del RTM 22 de la ONU.

source-ours = Método Carnet (ninguna norma pública lo fija)
source-repair-guides = SAE J2012; guías de reparación del fabricante
source-recall-register = fabricante, registro nacional de llamadas a revisión
source-scheme = Esquema Carnet, evaluación
source-soc-definition = Método Carnet: se ha visto que las definiciones de la pantalla y del BMS difieren en un 19 % de la capacidad
source-reported-health = para comparar; UN GTR 22, parte A, admite 5 pp
phrase-none-known = ninguno conocido
phrase-none-stated = nada declarado
phrase-computed = sí
phrase-from-assessment = no: tomadas de una evaluación tal como se entregó
phrase-other-method = no: obtenidas con el método de otra casa
phrase-soc-limit = la del propio BMS, acorde con la tensión de las celdas a plena carga
phrase-soc-limit-both = la del propio BMS, acorde con la tensión de las celdas a plena carga y casi vacía
phrase-soc-own = la del propio BMS
phrase-soc-not-stated = no se indica
phrase-soc-agrees = acorde con la tensión de las celdas a plena carga
phrase-soc-agrees-empty = acorde con la tensión de las celdas casi vacía
phrase-soc-agrees-both = acorde con la tensión de las celdas a plena carga y casi vacía
phrases = { $one }; { $other }
found-compared = { $own } (la nuestra { $ours }, diferencia { $difference })
carrier-default = Ro-Ro, orientación si el transportista no dice otra cosa
carrier-greece = Transbordadores griegos
carrier-strict = Transportista que pide un 30 % como máximo
