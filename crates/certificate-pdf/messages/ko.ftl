# 인증서의 한국어 문구. 모든 언어 파일의 항목과 자리표시자는 같다.

date = { $year }년 { $month ->
    [1] 1
    [2] 2
    [3] 3
    [4] 4
    [5] 5
    [6] 6
    [7] 7
    [8] 8
    [9] 9
    [10] 10
    [11] 11
   *[12] 12
}월 { $day }일

title = 배터리 인증서
subtitle = 중고 전기차 구동 배터리의 건강 상태(SoH)
issuer = 발급 기관: { $name }
number = 인증서 번호
issued = 발급일
page = { $pages }쪽 중 { $page }쪽
specimen = 견본

car = 차량
make-and-model = 제조사 및 모델
variant = 세부 모델
vin = 차대번호(VIN)
vin-withheld = 이 사본에는 표시하지 않음
first-registration = 최초 등록일
odometer = 시험 시 주행거리
not-stated = 기재 없음
battery = 배터리
battery-id = 배터리 식별번호
chemistry = 셀 화학계
cells = 직렬 셀 그룹 수
rated = 정격 용량
rated-source = 정격 출처
reported = 차량 표시 건강 상태

health = 배터리 건강 상태
health-name = SoH(용량, Carnet 방식)
interval = 95 % 구간: { $lower } ~ { $upper }
of-what = 현재 용량 { $capacity }. 신품 정격 용량 { $rated }에 대한 비율입니다.
grade = 등급
grade-basis = 등급은 측정값이 아니라 구간의 하한으로 정합니다.
class-field = 일상(Field) 등급: 평소 충전 기록으로 측정했습니다.
class-guided = 유도(Guided) 등급: 시험소가 거의 빈 상태에서 완충까지 충전하며 측정했습니다.
curve-met = 차령과 주행거리에 따른 유로 7 최저 기준 { $required }를 충족합니다(이전에 승인된 차량에는 임의 기준).
curve-not-shown = 차령과 주행거리에 따른 유로 7 최저 기준 { $required } 충족이 입증되지 않았습니다(이전에 승인된 차량에는 임의 기준).
curve-none = 이 차령과 주행거리에는 유로 7 최저 기준이 적용되지 않습니다.
gauge-minimum = 유로 7 최저 { $required }
gauge-alt = { $low }에서 { $high }까지의 눈금. 값 { $value }에 표시가 있고, 구간 { $lower } ~ { $upper }이(가) 막대로 그려져 있습니다.

evidence = 근거
evidence-how = 점 하나가 충전 한 번입니다. 배터리를 얼마나 채웠는지와 들어간 전하량을 나타냅니다. 선이 가파를수록 배터리 용량이 큽니다.
evidence-anchored = 기준점 충전은 차량 자체 표시에 의존하지 않고 충전량을 알 수 있는 지점에서 시작하거나 끝납니다. 이것이 결과를 정합니다.
period = 시험 기간
period-value = { $from } ~ { $until }
sessions = 충전 횟수
sessions-value = { $all }회, 그중 기준점 충전 { $anchored }회
method = 방식
assessment-hash = 평가 결과(SHA-256)
data-hash = 충전 기록(SHA-256)
data-hash-several = 파일 { $count }개, 각각의 SHA-256은 증명서에 있습니다
axis-filled = 채운 비율
axis-charge = 전하량
legend-anchored = 기준점 충전
legend-other = 기타 충전
legend-this = 이 배터리, 95 % 구간
legend-new = 신품 정격
plot-alt = 충전 { $all }회의 점. 그중 { $anchored }회는 기준점 충전이며, 전체 용량 { $capacity }의 선 둘레에 있습니다. 신품의 선은 { $rated }입니다.

validity = 유효 범위
valid-until = { $date }까지 유효
valid-distance = 또는 주행거리계가 { $distance }에 이를 때까지이며, 먼저 도달하는 쪽이 적용됩니다.
valid-from = { $date }부터 유효합니다.
scan = 결제 전에 스캔하세요
scan-why = 이 코드는 발급 기관의 공개 목록을 엽니다. 인쇄 후 인증서가 정지되었거나 취소되었는지는 그곳에서만 알 수 있습니다.
qr-alt = 주소 { $url }와(과) 증명서의 SHA-256을 담은 QR 코드.

checks = 점검
check = 점검 항목과 조치
found = 측정값
limit = 기준과 출처
result = 결과
at-most = { $value } 이하
at-least = { $value } 이상
within = { $range }
zero = 없어야 함
no-limit = 기준 없음
found-none = 없음
missing = 측정하지 않음
outcome-pass = 정상
outcome-watch = 주의
outcome-fail = 이상
outcome-not-measured = 미측정
outcome-stated = 참고
check-cell-spread = 셀 전압 편차
check-temperature-spread = 온도 편차
check-highest-temperature = 최고 온도
check-isolation = 고전압 절연
check-self-discharge = 셀 그룹 자기 방전
check-cell-limits = 셀 전압
check-high-voltage-faults = 고전압 고장 코드
check-recalls = 미조치 리콜
check-soc-definition = 표시 충전율의 의미
check-reported-health = 차량 표시 건강 상태
check-battery-history = 배터리 초기화 및 교체 이력
check-tampering = 데이터 변조 징후
check-second-meter = 보조 계측기와 전류 비교
check-computation = 발행 기관이 데이터에서 수치를 계산했는지
advice-cell-spread = 완전히 충전해 하룻밤 균형을 맞추십시오. 편차가 남으면 약한 셀을 찾으십시오.
advice-temperature-spread = 막힌 냉각 통로나 고장 난 센서가 있는지 살피십시오.
advice-highest-temperature = 충전하지 말고 냉각 계통과 셀을 점검받으십시오.
advice-isolation = 만지거나 충전하거나 선적하지 마십시오. 고장을 찾은 뒤 다시 측정하십시오.
advice-self-discharge = 셀 그룹이 방전됩니다. 내부 단락이 의심되니 차를 떨어뜨려 두고 팩을 열어 점검받으십시오.
advice-cell-limits = 셀 그룹을 하나씩 측정받으십시오.
advice-high-voltage-faults = 고장을 수리하고 코드를 지운 뒤 주행하고 다시 읽으십시오.
advice-recalls = 제조사 서비스점에서 무상 리콜 조치를 받고 그 기록을 제시하십시오.
advice-soc-definition = 계기판이 아니라 배터리 관리 시스템의 충전율을 기록하십시오.
advice-reported-health = 구간을 기준으로 삼고, 차량 표시값이 무엇에 대한 비율인지 물으십시오.
advice-battery-history = 그 일이 있은 뒤의 기록만으로 시험하고 작업 기록을 제시하십시오.
advice-tampering = 원본 파일을 요청하거나 감독 아래 시험을 반복하십시오.
advice-second-meter = 전류 센서나 계측기를 점검받으십시오.
advice-computation = 충전 기록에서 수치를 다시 계산하도록 하십시오.
watch-highest-temperature = 충전 전에 식히고 냉각 계통을 점검받으십시오.
watch-isolation = 습기와 낡은 절연을 살피고, 선적 전에 점검된 절연 저항계로 다시 측정하십시오.
watch-self-discharge = 더 긴 휴지를 기록하십시오. 그대로면 선적 전에 셀 그룹을 측정받으십시오.
watch-high-voltage-faults = 고전압 범위 밖입니다. 각 코드를 제조사 정비 지침에서 찾으십시오.
watch-battery-history = 작업 기록을 제시하십시오. 시험 뒤의 일이면 다시 시험하십시오.
measure-cell-spread = 최고와 최저 셀 전압을 휴지 중에도 각각 별도의 열에 기록하십시오.
measure-temperature-spread = 최고와 최저 온도를 휴지 중에도 각각 별도의 열에 기록하십시오.
measure-highest-temperature = 배터리 온도를 기록하십시오.
measure-isolation = 절연 저항계로 측정하거나 차량에서 읽으십시오.
measure-self-discharge = 여섯 시간 이상의 휴지를 최고와 최저 셀 전압과 함께 기록하십시오.
measure-cell-limits = 셀 전압을 기록하십시오.
measure-high-voltage-faults = 모든 제어기의 고장 코드를 읽으십시오.
measure-recalls = 차대번호로 제조사나 리콜 등록부에 문의하십시오.
measure-soc-definition = 완전 충전을 한 번, 반 시간 쉰 뒤 12 % 미만에서 시작하는 충전을 한 번 하십시오.
measure-reported-health = 차량이 표시하면 차량에서 읽으십시오.
measure-second-meter = 충전기 기록도 제출하십시오. 전류 센서의 배율 오류는 달리 드러나지 않습니다.
measure-battery-history = 소유자와 정비소에 초기화와 교체 여부를 묻고 기재하십시오.

transport = 운송
transport-ready = 운송 가능
transport-not-ready = 운송 불가
un-number = 위험물 분류
soc = 충전율
soc-value = { $soc } ({ $date })
soc-value-undated = { $soc } (날짜 미기재)
window = { $carrier }: { $range }
window-inside = 범위 안
window-outside = 범위 밖
obstacle-soc-too-high = 충전율이 선사 허용 범위보다 높습니다. 먼저 방전하십시오.
obstacle-soc-too-low = 충전율이 선사 허용 범위보다 낮습니다. 먼저 충전하십시오.
obstacle-damaged = 손상 또는 결함이 있어 특별 승인이 필요합니다.
obstacle-high-voltage-fault = 고전압 고장이 남아 있습니다.
obstacle-isolation-too-low = 절연이 기준보다 낮습니다.
obstacle-test-summary-missing = UN 38.3 시험 요약서가 없습니다.
obstacle-not-measured = 필요한 측정이 빠졌습니다.
obstacle-watched = 위 점검 결과를 해결하기 전에는 선적하지 마십시오.

people = 책임자
evaluated = 평가
reviewed = 검토
decided = 결정
issued-by = 발급 기관
person = { $name }, { $date }
people-note = 서로 다른 세 사람입니다. ISO/IEC 17065는 결정하는 사람이 평가하지 않았을 것을 요구하며, 이 제도는 검토한 세 번째 사람도 요구합니다.

verify = 인증서를 직접 확인하는 방법
verify-scan = 1쪽의 코드를 스캔하거나 아래 주소를 여십시오. 공개 목록에서 인증서가 유효한지 알 수 있습니다.
verify-hash = 공개 목록에 표시된 증명서의 SHA-256을 아래 값과 비교하십시오.
verify-offline = 네트워크 없이: 이 파일에는 서명된 증명서가 들어 있습니다. { $command } 명령은 { $issuer }의 서명과, 이 면들이 증명서의 내용과 같은지를 확인합니다.
address = 주소
credential-hash = 증명서(SHA-256)
says-not = 이 인증서가 말하지 않는 것
says-not-text = 시험 기간에 측정한 것만을 말합니다. 주행거리나 수명의 예측도, 보증도, UN GTR 22의 인증 에너지 상태(SOCE)도 아닙니다.

source-ours = Carnet 방법(이를 정한 법령 없음)
source-repair-guides = SAE J2012, 제조사 정비 지침
source-recall-register = 제조사, 국가 리콜 등록부
source-scheme = Carnet 제도, 평가 단계
source-soc-definition = Carnet 방법: 표시값과 BMS의 정의가 용량의 19 %만큼 다른 경우가 있었음
source-reported-health = 비교용. UN GTR 22 파트 A의 허용 차이는 5 %p
phrase-none-known = 알려진 것 없음
phrase-none-stated = 진술된 것 없음
phrase-computed = 예
phrase-from-assessment = 아니요: 제출된 평가서에서 가져옴
phrase-other-method = 아니요: 다른 기관의 방법으로 구함
phrase-soc-limit = BMS 자체 값이고 완전 충전 때 셀 전압과 맞을 것
phrase-soc-limit-both = BMS 자체 값이고 완전 충전과 거의 방전 때 셀 전압과 맞을 것
phrase-soc-own = BMS 자체 값
phrase-soc-not-stated = 밝혀지지 않음
phrase-soc-agrees = 완전 충전 때 셀 전압과 맞음
phrase-soc-agrees-empty = 거의 방전 때 셀 전압과 맞음
phrase-soc-agrees-both = 완전 충전과 거의 방전 때 셀 전압과 맞음
phrases = { $one }, { $other }
found-compared = { $own }(측정값 { $ours }, 차이 { $difference })
carrier-default = 로로선, 선사가 따로 정하지 않은 경우의 지침
carrier-greece = 그리스 여객선
carrier-strict = 30 % 이하를 요구하는 선사
