# Тексты сертификата на русском языке. Сообщения и подстановки одинаковы во всех файлах.

date = { $day } { $month ->
    [1] января
    [2] февраля
    [3] марта
    [4] апреля
    [5] мая
    [6] июня
    [7] июля
    [8] августа
    [9] сентября
    [10] октября
    [11] ноября
   *[12] декабря
} { $year } г.

title = Сертификат батареи
subtitle = Состояние тяговой батареи подержанного электромобиля
issuer = Выдан организацией: { $name }
number = Сертификат
issued = Выдан
page = Страница { $page } из { $pages }
specimen = ОБРАЗЕЦ

car = Автомобиль
make-and-model = Марка и модель
variant = Модификация
vin = Номер автомобиля (VIN)
vin-withheld = в этой копии не указан
first-registration = Первая регистрация
odometer = Пробег при испытании
not-stated = не указано
battery = Батарея
battery-id = Номер батареи
chemistry = Химический состав
cells = Групп ячеек последовательно
rated = Номинальная ёмкость
rated-source = Источник номинала
reported = Состояние по данным автомобиля

health = Состояние батареи
health-name = SoH (ёмкость, метод Carnet)
interval = 95-процентный интервал: от { $lower } до { $upper }
of-what = Сейчас { $capacity } — доля от номинальных { $rated } новой батареи.
grade = Класс
grade-basis = Класс определён по нижней границе интервала, а не по значению.
class-field = Категория Field: по зарядкам в обычной эксплуатации.
class-guided = Категория Guided: по зарядкам под контролем лаборатории, почти от нуля до полной.
curve-met = Соответствует минимуму Евро-7 { $required } для этого возраста и пробега (для ранее одобренных автомобилей добровольно).
curve-not-shown = Соответствие минимуму Евро-7 { $required } для этого возраста и пробега не доказано (для ранее одобренных автомобилей добровольно).
curve-none = Для этого возраста и пробега минимум Евро-7 не установлен.
gauge-minimum = минимум Евро-7 { $required }
gauge-alt = Шкала от { $low } до { $high }. Отмечено значение { $value }, интервал от { $lower } до { $upper } показан полосой.

evidence = Доказательства
evidence-how = Каждая точка — одна зарядка: какая доля батареи заполнена и какой заряд вошёл. Чем круче линия, тем больше батарея.
evidence-anchored = Опорные зарядки начинаются или кончаются там, где заряд известен без показаний самого автомобиля. Решают они.
period = Период испытаний
period-value = { $from } — { $until }
sessions = Зарядки
sessions-value = { $all }, из них опорных { $anchored }
method = Метод
assessment-hash = Оценка (SHA-256)
data-hash = Запись зарядок (SHA-256)
data-hash-several = файлов: { $count }; SHA-256 каждого — в удостоверении
axis-filled = Заполненная доля батареи
axis-charge = Заряд
legend-anchored = опорная зарядка
legend-other = прочая зарядка
legend-this = эта батарея, интервал 95 %
legend-new = новая батарея по номиналу
plot-alt = Точки зарядок: { $all }, из них опорных { $anchored }, вокруг линии { $capacity } на всю батарею. Линия новой батареи — { $rated }.

validity = Срок действия
valid-until = Действителен до { $date }
valid-distance = или до пробега { $distance }, смотря что наступит раньше.
valid-from = Действует с { $date }
scan = Проверьте до оплаты
scan-why = Код открывает реестр выдавшей организации. Только там видно, не приостановлен ли и не отозван ли сертификат после печати.
qr-alt = QR-код с адресом { $url } и SHA-256 удостоверения.

checks = Проверки
check = Проверка
found = Найдено
limit = Предел и его источник
result = Итог
at-most = не более { $value }
at-least = не менее { $value }
within = { $range }
zero = не должно быть
no-limit = без предела
found-none = нет
missing = не измерено
outcome-pass = в норме
outcome-watch = следить
outcome-fail = не в норме
outcome-not-measured = не измерено
outcome-stated = для сведения
check-cell-spread = Разброс напряжений ячеек
check-temperature-spread = Разброс температур
check-highest-temperature = Наивысшая температура
check-isolation = Изоляция высокого напряжения
check-self-discharge = Саморазряд группы ячеек
check-cell-limits = Напряжения ячеек
check-high-voltage-faults = Ошибки высоковольтной системы
check-recalls = Открытые отзывные кампании
check-soc-definition = Смысл показанного заряда
check-reported-health = Состояние по данным автомобиля
check-battery-history = Сбросы и замены батареи
check-tampering = Признаки изменения данных
check-second-meter = Ток по второму прибору
check-computation = Значения вычислены выдавшим из данных
advice-cell-spread = До дальних поездок измерьте слабейшую группу ячеек в покое.
advice-temperature-spread = Проверьте охлаждение батареи.
advice-highest-temperature = Дайте батарее остыть и проверьте охлаждение.
advice-isolation = Не заряжайте и не отгружайте, пока специалист по высокому напряжению не измерит изоляцию.
advice-self-discharge = Измерьте снова после недели покоя.
advice-cell-limits = Поручите осмотр батареи специалисту по высокому напряжению.
advice-high-voltage-faults = Устраните ошибки и получите сертификат заново.
advice-recalls = Пройдите отзывную кампанию у дилера марки; это бесплатно.
advice-soc-definition = Сравните с зарядом, который сообщает блок управления батареей.
advice-reported-health = Показание автомобиля отличается от нашего; опирайтесь на интервал.
advice-battery-history = Спросите о причине и попросите документы.
advice-tampering = Повторите измерение в другой лаборатории.
advice-second-meter = Откалибруйте датчик тока и повторите измерение.
advice-computation = Пусть значения вычислят заново по журналам зарядки.

transport = Перевозка
transport-ready = Готов к перевозке
transport-not-ready = Не готов к перевозке
un-number = Классификация
soc = Уровень заряда
soc-value = { $soc } на { $date }
soc-value-undated = { $soc }, дата не указана
window = { $carrier }: { $range }
window-inside = в пределах
window-outside = вне пределов
obstacle-soc-too-high = Заряд выше допустимого у перевозчиков: сначала разрядите.
obstacle-soc-too-low = Заряд ниже допустимого у перевозчиков: сначала зарядите.
obstacle-damaged = Повреждён или неисправен: нужно особое разрешение.
obstacle-high-voltage-fault = Открытая ошибка высоковольтной системы.
obstacle-isolation-too-low = Изоляция ниже предела.
obstacle-test-summary-missing = Нет сводки испытаний по UN 38.3.
obstacle-not-measured = Нет обязательного измерения.
obstacle-watched = До отправки нужно устранить замечание проверки выше.

people = Кто отвечает
evaluated = Оценка
reviewed = Проверка оценки
decided = Решение
issued-by = Выдан
person = { $name }, { $date }
people-note = Три разных человека. ISO/IEC 17065 требует, чтобы решал не тот, кто оценивал; эта схема требует ещё и третьего, кто проверил.

verify = Как проверить сертификат самому
verify-scan = Отсканируйте код на странице 1 или откройте адрес ниже. Реестр скажет, действует ли сертификат.
verify-hash = Сравните SHA-256 удостоверения в реестре с указанным здесь.
verify-offline = Без сети: в файл вложено подписанное удостоверение. Команда { $command } проверит подпись { $issuer } и то, что страницы говорят то же, что удостоверение.
address = Адрес
credential-hash = Удостоверение (SHA-256)
says-not = О чём он не говорит
says-not-text = Он говорит о том, что измерено за период испытаний. Это не прогноз запаса хода или срока службы, не гарантия и не сертифицированная энергия (SOCE) по UN GTR 22.

source-ours = Метод Carnet (закон этого не устанавливает)
source-repair-guides = SAE J2012; руководства изготовителя по ремонту
source-recall-register = изготовитель, национальный реестр отзывов
source-scheme = Схема Carnet, оценка
source-soc-definition = Метод Carnet: определения дисплея и BMS расходились на 19 % ёмкости
source-reported-health = для сравнения; UN GTR 22, часть A, допускает 5 п. п.
phrase-none-known = сведений о них нет
phrase-none-stated = ничего не заявлено
phrase-computed = да
phrase-from-assessment = нет: взяты из сданной оценки
phrase-other-method = нет: получены методом другой организации
phrase-soc-limit = собственный заряд BMS, согласный с напряжением ячеек при полном заряде
phrase-soc-limit-both = собственный заряд BMS, согласный с напряжением ячеек при полном и почти пустом заряде
phrase-soc-own = собственный заряд BMS
phrase-soc-not-stated = не указано
phrase-soc-agrees = согласуется с напряжением ячеек при полном заряде
phrase-soc-agrees-empty = согласуется с напряжением ячеек при почти пустом заряде
phrase-soc-agrees-both = согласуется с напряжением ячеек при полном и почти пустом заряде
phrases = { $one }; { $other }
found-compared = { $own } (у нас { $ours }, разница { $difference })
carrier-default = Ро-ро, рекомендация, если перевозчик не указал иного
carrier-greece = Греческие паромы
carrier-strict = Перевозчик, требующий не более 30 %
