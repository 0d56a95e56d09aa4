# Words of logging in, setting up, the yard and links; and of problems with who may do what.
nav-yard = Площадка
login-title = Вход
login-name = Имя учётной записи
login-password = Пароль
login-submit = Войти
login-wrong = Нет учётной записи с таким именем и паролем.
login-wait =
    { $seconds ->
        [one] Слишком много попыток. Следующая — через { $seconds } секунду.
        [few] Слишком много попыток. Следующая — через { $seconds } секунды.
       *[other] Слишком много попыток. Следующая — через { $seconds } секунд.
    }
login-help = Для чтения истории учётная запись не нужна. Учётные записи и новые пароли создаёт оператор этого журнала.
logout-submit = Выйти
setup-title = Первая учётная запись
setup-lead = Там, где журнал был запущен, он напечатал токен настройки. С ним один раз создаётся учётная запись оператора.
setup-token = Токен настройки
setup-organisation-name = Название вашей организации
setup-organisation = Краткое имя организации
setup-organisation-hint = От 1 до 40 знаков: a-z, 0-9, дефис и точка, например association.
setup-display-name = Ваше имя
setup-password-hint = Не менее 12 знаков. Четыре и более случайных слова — хороший пароль.
setup-submit = Создать учётную запись
setup-refused = Учётная запись не создана:
yard-title = Площадка
yard-lead = { $person }, { $organisation }. Эту страницу видит только ваша организация.
yard-empty = Здесь пока нет автомобилей.
yard-add-title = Добавить автомобиль
yard-lot = Лот
yard-note = Заметка
yard-add = Добавить
yard-remove = Убрать
yard-confirmed = Подтверждено: автомобиль у вашей организации.
yard-unconfirmed = Ещё не подтверждено: личные поля вам не показываются. Обратитесь к оператору этого журнала.
link-title = Ссылки
link-make-title = Ссылка для покупателя
link-lead = У кого есть ссылка, тот видит досье этого автомобиля, пока она не истечёт или вы её не отзовёте.
link-fields = Показать личные поля
link-fields-hint = Имена через запятую, например plate; all — все; пусто — ни одного.
link-days = Дней
link-make = Создать ссылку
link-made = Ваша ссылка
link-made-once = Скопируйте её сейчас: она показывается только один раз.
link-until = до { $day }
link-withdraw = Отозвать
link-open = действует
link-expired = истекла
link-withdrawn = отозвана
link-shows-none = без личных полей
problem-unauthenticated = Сначала войдите
problem-unauthenticated-fix = Это для тех, у кого есть учётная запись.
problem-wrong-login = Неверное имя или пароль
problem-wrong-login-fix = Вернитесь и попробуйте ещё раз.
problem-conflict = Сейчас это сделать нельзя
problem-conflict-fix = Посмотрите, что есть, и запросите другое.
