# Words of logging in, setting up, the yard and links; and of problems with who may do what.
nav-yard = الساحة
login-title = تسجيل الدخول
login-name = اسم الحساب
login-password = كلمة المرور
login-submit = دخول
login-wrong = لا يوجد حساب بهذا الاسم وكلمة المرور هذه.
login-wait =
    { $seconds ->
        [one] محاولات كثيرة جدًا. المحاولة التالية بعد ثانية واحدة.
        [two] محاولات كثيرة جدًا. المحاولة التالية بعد ثانيتين.
        [few] محاولات كثيرة جدًا. المحاولة التالية بعد { $seconds } ثوانٍ.
        [many] محاولات كثيرة جدًا. المحاولة التالية بعد { $seconds } ثانية.
       *[other] محاولات كثيرة جدًا. المحاولة التالية بعد { $seconds } ثانية.
    }
login-help = الاطلاع على تاريخ سيارة لا يحتاج إلى حساب. مشغّل هذا السجل هو من ينشئ الحسابات ويعطي كلمة مرور جديدة لمن فقد كلمته.
logout-submit = تسجيل الخروج
setup-title = إنشاء أول حساب
setup-lead = طبع السجل رمز إعداد حيث جرى تشغيله. به يُنشأ حساب المشغّل مرة واحدة.
setup-token = رمز الإعداد
setup-organisation-name = اسم مؤسستك
setup-organisation = الاسم القصير لمؤسستك
setup-organisation-hint = من 1 إلى 40 من a-z و0-9 والشرطة والنقطة، مثل association.
setup-display-name = اسمك
setup-password-hint = 12 حرفًا على الأقل. أربع كلمات عشوائية أو أكثر كلمة مرور جيدة.
setup-submit = إنشاء الحساب
setup-refused = لم يُنشأ الحساب:
yard-title = الساحة
yard-lead = { $person }، { $organisation }. لا يرى هذه الصفحة إلا مؤسستك.
yard-empty = لا توجد سيارات هنا بعد.
yard-add-title = إضافة سيارة
yard-lot = رقم القطعة
yard-note = ملاحظة
yard-add = إضافة
yard-remove = إزالة
yard-confirmed = مؤكَّد: هذه السيارة لدى مؤسستك.
yard-unconfirmed = غير مؤكَّد بعد: لا تظهر لك الحقول الشخصية. اسأل مشغّل هذا السجل.
link-title = الروابط
link-make-title = إنشاء رابط للمشتري
link-lead = من لديه الرابط يرى ملف هذه السيارة حتى ينتهي أو تسحبه.
link-fields = الحقول الشخصية المعروضة
link-fields-hint = أسماء تفصلها فواصل مثل plate؛ وall للجميع؛ واتركه فارغًا لعدم عرض شيء.
link-days = أيام
link-make = إنشاء الرابط
link-made = رابطك
link-made-once = انسخه الآن: لا يظهر إلا هذه المرة.
link-until = حتى { $day }
link-withdraw = سحب
link-open = مفتوح
link-expired = منتهٍ
link-withdrawn = مسحوب
link-shows-none = بلا حقول شخصية
problem-unauthenticated = سجّل الدخول أولًا
problem-unauthenticated-fix = هذا لمن لديه حساب.
problem-wrong-login = الاسم أو كلمة المرور خطأ
problem-wrong-login-fix = ارجع وحاول مرة أخرى.
problem-conflict = لا يمكن ذلك في الوضع الحالي
problem-conflict-fix = انظر ما هو موجود واطلب شيئًا آخر.
