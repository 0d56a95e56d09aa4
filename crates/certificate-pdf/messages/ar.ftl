# نصوص الشهادة بالعربية. الرسائل ومواضعها واحدة في كل الملفات.
# كل نسبة مئوية مكتوبة هنا محاطة بعلامتي العزل (U+2068 وU+2069) كما تُحاط الكميات، وإلا انتقلت علامة % إلى الجهة الأخرى من العدد.

date = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }

title = شهادة البطارية
subtitle = الحالة الصحية لبطارية سيارة كهربائية مستعملة
issuer = جهة الإصدار: { $name }
number = رقم الشهادة
issued = تاريخ الإصدار
page = صفحة { $page } من { $pages }
specimen = نموذج

car = السيارة
make-and-model = الصانع والطراز
variant = الفئة
vin = رقم الهيكل (VIN)
vin-withheld = محجوب في هذه النسخة
first-registration = أول تسجيل
odometer = عداد المسافة عند الاختبار
not-stated = غير مذكور
battery = البطارية
battery-id = رقم البطارية
chemistry = كيمياء الخلايا
cells = مجموعات الخلايا على التوالي
rated = السعة الاسمية
rated-source = مصدر السعة الاسمية
reported = الحالة التي تعرضها السيارة

health = الحالة الصحية للبطارية
health-name = SoH (السعة، طريقة Carnet)
interval = مجال الثقة {"\u2068"}95{"\u00A0"}%{"\u2069"}: من { $lower } إلى { $upper }
of-what = { $capacity } اليوم، نسبةً إلى السعة الاسمية { $rated } للبطارية الجديدة.
grade = الدرجة
grade-basis = تُحسب الدرجة على الحد الأدنى للمجال، لا على القيمة.
class-field = الصنف Field: من عمليات الشحن في الاستعمال اليومي.
class-guided = الصنف Guided: من عمليات شحن أدارها المختبر، من شبه الفراغ حتى الامتلاء.
curve-met = تستوفي الحد الأدنى في Euro 7 وهو { $required } لعمرها ومسافتها (اختياري للسيارات المعتمدة قبل ذلك).
curve-not-shown = لم يثبت أنها تستوفي الحد الأدنى في Euro 7 وهو { $required } لعمرها ومسافتها (اختياري للسيارات المعتمدة قبل ذلك).
curve-none = لا ينطبق أي حد أدنى من Euro 7 على هذا العمر وهذه المسافة.
gauge-minimum = حد Euro 7 الأدنى { $required }
gauge-alt = مقياس من { $low } إلى { $high }. القيمة { $value } مؤشَّر عليها، والمجال من { $lower } إلى { $upper } مرسوم شريطًا.

evidence = الأدلة
evidence-how = كل نقطة عملية شحن واحدة: كم امتلأ من البطارية، وكم دخل إليها من شحنة. كلما اشتد ميل الخط كانت البطارية أكبر.
evidence-anchored = عمليات الشحن المرجعية تبدأ أو تنتهي حيث تُعرف الشحنة دون الاعتماد على مؤشر السيارة نفسها. وهي التي تحسم النتيجة.
period = مدة الاختبار
period-value = من { $from } إلى { $until }
sessions = عمليات الشحن
sessions-value = { $all }، منها { $anchored } مرجعية
method = الطريقة
assessment-hash = التقييم (SHA-256)
data-hash = سجل الشحن (SHA-256)
data-hash-several = عدد الملفات: { $count }، وبصمة SHA-256 لكل منها في الوثيقة الموقعة
axis-filled = النسبة التي امتلأت من البطارية
axis-charge = الشحنة
legend-anchored = عملية شحن مرجعية
legend-other = عملية شحن أخرى
legend-this = هذه البطارية، مجال {"\u2068"}95{"\u00A0"}%{"\u2069"}
legend-new = بطارية جديدة بسعتها الاسمية
plot-alt = نقاط { $all } من عمليات الشحن، منها { $anchored } مرجعية، حول خط سعة { $capacity } للبطارية كلها. وخط البطارية الجديدة عند { $rated }.

validity = الصلاحية
valid-until = صالحة حتى { $date }
valid-distance = أو حتى يبلغ العداد { $distance }، أيهما أسبق.
valid-from = صالحة من { $date }.
scan = امسح الرمز قبل الدفع
scan-why = يفتح الرمز سجل جهة الإصدار. وهناك فقط يُعرف هل عُلّقت هذه الشهادة أو سُحبت بعد طباعتها.
qr-alt = رمز QR فيه العنوان { $url } وبصمة SHA-256 للوثيقة الموقعة.

checks = الفحوص
check = الفحص وما ينبغي فعله
found = القيمة
limit = الحد ومصدره
result = النتيجة
at-most = { $value } على الأكثر
at-least = { $value } على الأقل
within = { $range }
zero = لا شيء
no-limit = بلا حد
found-none = لا شيء
missing = لم يُقَس
outcome-pass = سليم
outcome-watch = يُراقَب
outcome-fail = غير سليم
outcome-not-measured = لم يُقَس
outcome-stated = للعلم
check-cell-spread = تفاوت جهود الخلايا
check-temperature-spread = تفاوت درجات الحرارة
check-highest-temperature = أعلى درجة حرارة
check-isolation = عزل الجهد العالي
check-self-discharge = التفريغ الذاتي لمجموعة خلايا
check-cell-limits = جهود الخلايا
check-high-voltage-faults = أعطال الجهد العالي القائمة
check-recalls = استدعاءات لم تُنفَّذ
check-soc-definition = معنى الشحن المعروض
check-reported-health = الحالة التي تعرضها السيارة
check-battery-history = إعادة ضبط البطارية واستبدالها
check-tampering = علامات تغيير البيانات
check-second-meter = التيار مقارنة بمقياس ثانٍ
check-computation = حسبت الجهة المُصدِرة الأرقام من البيانات
advice-cell-spread = اشحن بالكامل ودع الخلايا تتوازن طوال الليل؛ فإن بقي التفاوت فابحث عن خلية ضعيفة.
advice-temperature-spread = ابحث عن مجرى تبريد مسدود أو حساس معطّل.
advice-highest-temperature = لا تشحن؛ اطلب فحص التبريد والخلايا.
advice-isolation = لا تلمس ولا تشحن ولا تنقل؛ اطلب إيجاد العطل ثم أعد القياس.
advice-self-discharge = مجموعة خلايا تفقد شحنتها وربما فيها قِصر داخلي: أبعد السيارة واطلب فتح البطارية.
advice-cell-limits = اطلب قياس مجموعات الخلايا واحدة واحدة.
advice-high-voltage-faults = أصلح الأعطال وامسحها ثم قُد السيارة واقرأ الرموز من جديد.
advice-recalls = نفّذ الاستدعاء لدى وكيل العلامة، وهو مجاني، وأظهر ما يثبته.
advice-soc-definition = سجّل نسبة الشحن من نظام إدارة البطارية لا من الشاشة.
advice-reported-health = اعتمد على المجال؛ واسأل مِن أي قيمة تُحسب نسبة السيارة.
advice-battery-history = اختبر بعد الحدث فقط، وأظهر أمر العمل.
advice-tampering = اطلب الملفات الأصلية، أو أعد الاختبار تحت إشراف.
advice-second-meter = اطلب فحص حساس التيار أو المقياس.
advice-computation = اطلب إعادة حساب الأرقام من سجلات الشحن.
watch-highest-temperature = دعها تبرد قبل الشحن، واطلب فحص التبريد.
watch-isolation = ابحث عن رطوبة أو عزل بالٍ، وأعد القياس بجهاز مفحوص قبل النقل.
watch-self-discharge = سجّل فترة سكون أطول؛ فإن بقي الأمر فاطلب قياس مجموعات الخلايا قبل النقل.
watch-high-voltage-faults = خارج نطاقات الجهد العالي: ابحث عن كل رمز في دليل الصانع.
watch-battery-history = أظهر أمر العمل؛ وإن وقع ذلك بعد الاختبار فأعد الاختبار.
measure-cell-spread = سجّل أعلى جهد خلية وأدناه، كلًّا في عمود، وفي السكون أيضًا.
measure-temperature-spread = سجّل أعلى درجة حرارة وأدناها، كلًّا في عمود، وفي السكون أيضًا.
measure-highest-temperature = سجّل درجات حرارة البطارية.
measure-isolation = قسه بجهاز اختبار العزل، أو اقرأه من السيارة.
measure-self-discharge = سجّل ست ساعات أو أكثر من السكون مع أعلى جهد خلية وأدناه.
measure-cell-limits = سجّل جهود الخلايا.
measure-high-voltage-faults = اقرأ رموز الأعطال في جميع وحدات التحكم.
measure-recalls = اسأل الصانع أو السجل برقم الهيكل.
measure-soc-definition = اشحن مرة حتى الامتلاء، ومرة من أقل من {"\u2068"}12{"\u00A0"}%{"\u2069"} بعد نصف ساعة من السكون.
measure-reported-health = اقرأها من السيارة إن كانت تعرضها.
measure-second-meter = قدّم سجل الشاحن أيضًا: فخطأ معايرة حساس التيار لا يظهر بغيره.
measure-battery-history = اسأل المالك والورشة عن إعادة الضبط والاستبدال، واذكر ما كان.

transport = النقل
transport-ready = جاهزة للنقل
transport-not-ready = غير جاهزة للنقل
un-number = التصنيف
soc = حالة الشحن
soc-value = { $soc } في { $date }
soc-value-undated = { $soc }، التاريخ غير مذكور
window = { $carrier }: { $range }
window-inside = داخل الحد
window-outside = خارج الحد
obstacle-soc-too-high = الشحن أعلى مما يقبله الناقلون: خفّضه أولًا.
obstacle-soc-too-low = الشحن أدنى مما يقبله الناقلون: اشحن أولًا.
obstacle-damaged = متضررة أو معيبة: يلزم تصريح خاص.
obstacle-high-voltage-fault = عطل جهد عالٍ قائم.
obstacle-isolation-too-low = العزل دون حده.
obstacle-test-summary-missing = ملخص اختبار UN 38.3 غير موجود.
obstacle-not-measured = قياس لازم غير موجود.
obstacle-watched = يجب معالجة نتيجة فحص أعلاه قبل الشحن.

people = المسؤولون عنها
evaluated = التقييم
reviewed = المراجعة
decided = القرار
issued-by = جهة الإصدار
person = { $name }، { $date }
people-note = ثلاثة أشخاص مختلفون. تشترط ISO/IEC 17065 ألا يكون صاحب القرار هو من قيّم، وهذا النظام يشترط أن يراجع ثالث.

verify = كيف تتحقق من هذه الشهادة بنفسك
verify-scan = امسح الرمز في الصفحة 1 أو افتح العنوان أدناه. يبيّن السجل هل الشهادة سارية.
verify-hash = قارن بصمة SHA-256 للوثيقة في السجل بهذه البصمة.
verify-offline = دون شبكة: يحمل هذا الملف الوثيقة الموقعة. يتحقق الأمر { $command } من توقيع { $issuer } ومن أن هذه الصفحات تقول ما تقوله الوثيقة.
address = العنوان
credential-hash = الوثيقة (SHA-256)
says-not = ما لا تقوله
says-not-text = تذكر ما قيس في مدة الاختبار. وليست توقعًا للمدى أو العمر، ولا ضمانًا، ولا الطاقة المعتمدة (SOCE) في اللائحة UN GTR 22.

source-ours = طريقة Carnet (لا يحدّده قانون عام)
source-repair-guides = SAE J2012؛ أدلة الصانع للإصلاح
source-recall-register = الصانع، السجل الوطني للاستدعاءات
source-scheme = نظام Carnet، التقييم
source-soc-definition = طريقة Carnet: لوحظ أن تعريف الشاشة وتعريف BMS يختلفان بمقدار {"\u2068"}19{"\u00A0"}%{"\u2069"} من السعة
source-reported-health = للمقارنة؛ يسمح UN GTR 22، الجزء A، بفرق {"\u2068"}5{"\u00A0"}pp{"\u2069"}
phrase-none-known = لا يُعرف شيء منها
phrase-none-stated = لم يُصرَّح بشيء
phrase-computed = نعم
phrase-from-assessment = لا: أُخذت من تقييم كما سُلِّم
phrase-other-method = لا: وُجدت بطريقة جهة أخرى
phrase-soc-limit = قيمة BMS نفسه، متوافقة مع جهد الخلايا عند الامتلاء
phrase-soc-limit-both = قيمة BMS نفسه، متوافقة مع جهد الخلايا عند الامتلاء وقرب الفراغ
phrase-soc-own = قيمة BMS نفسه
phrase-soc-not-stated = غير مذكور
phrase-soc-agrees = متوافقة مع جهد الخلايا عند الامتلاء
phrase-soc-agrees-empty = متوافقة مع جهد الخلايا قرب الفراغ
phrase-soc-agrees-both = متوافقة مع جهد الخلايا عند الامتلاء وقرب الفراغ
phrases = { $one }؛ { $other }
found-compared = { $own } (عندنا { $ours }، الفرق { $difference })
carrier-default = سفن الدحرجة (Ro-Ro)، إرشاد حيث لا يقول الناقل غير ذلك
carrier-greece = العبّارات اليونانية
carrier-strict = ناقل يطلب {"\u2068"}30{"\u00A0"}%{"\u2069"} على الأكثر
