# صفحة المركبة: ما لا يقوله تقرير المتحقق.
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
unchecked = لم يتحقق متصفحك منه بعد
unchecked-text = ما تقرؤه هنا هو قول خادم السجل إلى أن يتحقق متصفحك من كل توقيع وبرهان.
unchecked-no-script = لا يشغّل متصفحك النصوص البرمجية فلا يستطيع التحقق من هذه الصفحة. للتحقق نزّل الملف أدناه وأعطه لصفحة التحقق في متصفح آخر أو لبرنامج carnet.
outcome-by-browser = تحقق متصفحك من هذا بنفسه في { $ms } مللي ثانية وفق سياسة السجل { $log }.
outcome-own-code = ليس في هذا المتصفح Ed25519 صارم خاص به؛ استُعملت شيفرة الصفحة بدلًا منه، والجواب نفسه لكنه أبطأ.
outcome-differs = الصفحة وبرهانها مختلفان
outcome-differs-text = الملف سليم لكنه لا يحوي بالضبط الإفادات التي تسردها هذه الصفحة. لا تصدّق الصفحة، وتحقق من الملف المنزَّل بدلًا منها.
outcome-failed = لم يستطع متصفحك التحقق من هذا
report-complete = كامل حتى { $time }
findings = ما يلفت النظر
findings-none = لا تناقض بين الإفادات.
findings-nothing-left = لا شيء يُحكم عليه: لم يعد ممكنًا قراءة أي إفادة عن هذه السيارة.
findings-erased = مُحي مضمون { $erased } من أصل { $count } من الإفادات، ولا يُحكم هنا على ما جاء فيها.
findings-hint = هذه الملاحظات قرائن لا أحكام: تذكر ما تستند إليه وما يحسمها. وغياب الملاحظات لا يساوي أكثر من المصادر التي أفادت.
level-stop = احسمه قبل الشراء
level-warn = خطير
level-ask = اسأل عنه
level-note = للعلم
finding-rests = يستند إلى
finding-tried = تفسيرات بريئة جُرّبت
finding-settles = ما يحسمه
finding-blind = ما لا تستطيع المصادر إظهاره
finding-not-stated = غير مذكور
readings-table = كل القراءات في جدول
reading = القراءة
date-column = التاريخ
remark = ملاحظة
chart-doubted = تستند إليها ملاحظة
battery = البطارية
battery-certificate = الشهادة { $number }
battery-none = السيارة تعمل بالكهرباء ولا شهادة لبطاريتها في هذا السجل.
standing = الحالة
standing-in_force = سارية
standing-suspended = معلّقة
standing-revoked = مسحوبة
standing-expired = منتهية
standing-as-of = حتى { $time }، بحسب الإفادة ذات الفهرس { $index } في السجل
grade = الدرجة
soh = الحالة الصحية (SoH)
soh-range = { $value } % (بين { $low } و{ $high } % بثقة 95 %)
valid-until = صالحة حتى
odometer-limit = وحتى قراءة عداد
credential-matches = الشهادة الموقّعة في الملف وبصمتها هي المختومة.
credential-differs = الشهادة في الملف ليست المختومة. لا تعتمد عليها.
sources = المصادر التي أفادت
sources-blind = لا يشمل
sources-silent = صمتت هنا
key = المفتاح
key-valid = صالح
key-revoked-later = أُبطل لاحقًا
download = نزّل الملف
download-hint = ملف واحد يثبت كل هذا، حتى دون اتصال ودوننا. الحقول الشخصية محذوفة، ويستطيع البائع أن يعطيك ملفًا يُظهرها.
download-hint-shared = ملف واحد يثبت كل هذا، حتى دون اتصال ودوننا. وفيه الحقول التي اختارها من أرسل إليك هذا الرابط.
check-yourself = تحقق بنفسك من ملف مركبة
share-note = يعرض لك { $who } هذه السيارة بالحقول التي اختارها. الرابط صالح حتى { $date }.
timeline-hint = بترتيب الزمن، كما أُفيد ووُقّع.
documents-list = كل الوثائق المذكورة ({ $count })
documents-named = تذكر الإفادات الوثائق ببصمتها (SHA-256). تقارن صفحة التحقق بها ملفًا لديك.
