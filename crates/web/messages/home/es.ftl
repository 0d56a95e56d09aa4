# La primera página y el campo para un número.
home-title = El historial de un coche que cualquiera puede comprobar
home-lead = Registros, inspectores, talleres y aseguradoras firman lo que saben de un coche. Este registro lo guarda de modo que después no se pueda omitir ni cambiar nada, y lo comprueba su propio dispositivo: no hace falta fiarse del vendedor ni de nosotros.
home-vehicle = VIN o número de bastidor
home-vehicle-hint = Tal como está grabado en el coche. Un VIN tiene 17 caracteres; un número de bastidor japonés es como ZVW30-1234567.
home-show = Ver el historial
home-log = Este es el registro { $log }.
home-verify = ¿Le han enviado un expediente (.carnet)? Compruébelo en su navegador, también sin conexión.
home-certificates = El estado de la batería de un coche eléctrico, medido y certificado, y si un certificado sigue vigente.
home-market = ¿Puede entrar el coche en un país y cuánto costará a su llegada?
home-how = Cómo funciona
home-how-sign = Quien sabe algo del coche lo firma con su propia clave.
home-how-seal = El registro lo sella. Testigos independientes vigilan que nunca olvide nada ni cuente dos historias.
home-how-check = Su navegador comprueba cada firma y cada prueba, y que no falta nada.
home-limits = Queda probado quién dijo qué y que está completo. Si es verdad, ningún registro puede saberlo; donde las declaraciones se contradicen, la página lo muestra.
find-wrong-title = Ningún vehículo tiene este número
find-wrong-fix = Compárelo con el número del coche, carácter por carácter. A menudo se lee un 0 como O o un 1 como I.
